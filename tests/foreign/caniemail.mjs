// What mail programs do not show of the HTML files that are given, as JSON: feature → programs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [packages, ...files] = process.argv.slice(2);
const found = createRequire(`${packages}/`).resolve('caniemail');
const { caniemail, rawData } = await import(pathToFileURL(found));

const PROGRAMS = [
  'apple-mail.ios', 'apple-mail.macos',
  'gmail.android', 'gmail.desktop-webmail', 'gmail.ios',
  'gmx.android', 'gmx.desktop-webmail', 'gmx.ios',
  'ionos-1and1.desktop-webmail',
  'outlook.android', 'outlook.ios', 'outlook.macos', 'outlook.outlook-com', 'outlook.windows',
  'samsung-email.android',
  't-online-de.desktop-webmail',
  'thunderbird.windows',
  'web-de.desktop-webmail',
];

// The checker throws where nobody has tried a feature in a program: unknown is no fault.
for (const { stats } of rawData.data)
  for (const [family, platform] of PROGRAMS.map((name) => name.split('.')))
    ((stats[family] ??= {})[platform] ??= { 0: 'y' });

const missing = {};
for (const file of files)
  for (const program of PROGRAMS) {
    const { issues } = caniemail({ clients: [program], html: readFileSync(file, 'utf8') });
    for (const { title } of issues.errors.get(program) ?? [])
      (missing[title] ??= new Set()).add(program);
  }
const lists = Object.entries(missing).map(([title, programs]) => [title, [...programs].sort()]);
console.log(JSON.stringify(Object.fromEntries(lists)));
