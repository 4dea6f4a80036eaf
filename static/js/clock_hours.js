// The clock beside a time offers the hours at which talks begin, not those of a watchman.
"use strict";

if (window.DateTimeShortcuts) {
  window.DateTimeShortcuts.clockHours.default_ = [9, 10, 11, 14, 16, 18].map(
    (hour) => [`${hour} Uhr`, hour]);
}
