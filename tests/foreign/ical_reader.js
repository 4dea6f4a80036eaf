// Files calendar messages in the order given as a mail program does (RFC 5546: METHOD, UID and
// SEQUENCE), with npm's ical.js; prints as JSON what stands in the calendar after each.
"use strict";

const { readFileSync } = require("node:fs");
const ICAL = require("ical.js");

const kept = new Map();

function file(calendar) {
  const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
  const known = kept.get(event.uid);
  if (!known || known.event.sequence <= event.sequence) {
    kept.set(event.uid, { method: calendar.getFirstPropertyValue("method"), event });
  }
}

function shown(event) {
  return {
    title: event.summary,
    zone: event.startDate.zone.tzid,
    start: event.startDate.toString(),
    end: event.endDate.toString(),
    moment: event.startDate.toJSDate().toISOString(),
  };
}

const steps = process.argv.slice(2).map((path) => {
  file(new ICAL.Component(ICAL.parse(readFileSync(path, "utf8"))));
  const entries = [...kept.values()].filter(({ method }) => method === "REQUEST");
  return entries.map(({ event }) => shown(event));
});
process.stdout.write(JSON.stringify(steps));
