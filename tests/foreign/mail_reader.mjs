// What postal-mime reads in the mails that are given, as JSON: one object for each file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [packages, ...files] = process.argv.slice(2);
const PostalMime = createRequire(`${packages}/`)('postal-mime');

const person = ({ name, address }) => [name, address];
const read = async (file) => {
  const mail = await PostalMime.parse(readFileSync(file));
  return {
    subject: mail.subject,
    from: person(mail.from),
    to: mail.to.map(person),
    replyTo: (mail.replyTo ?? []).map(person),
    date: mail.date,
    messageId: mail.messageId,
    text: mail.text,
    html: mail.html,
    parts: mail.attachments.map((part) => [
      part.mimeType, part.filename, part.method ?? null, new TextDecoder().decode(part.content),
    ]),
  };
};
console.log(JSON.stringify(await Promise.all(files.map(read))));
