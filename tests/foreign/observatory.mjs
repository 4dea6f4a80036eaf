// What the MDN HTTP Observatory says of an address on this machine, as JSON: grade, score, faults.
//
// Its own `scan` asks at the ports 80 and 443 alone; this is the same with ports.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [packages, hostname, httpPort, httpsPort, ...paths] = process.argv.slice(2);
const observatory = `${packages}/@mdn/mdn-http-observatory`;
// The list of hosts that browsers know to be https alone: no host of this machine is on it.
writeFileSync(`${observatory}/conf/hsts-preload.json`, '{}');
const part = (name) => import(pathToFileURL(`${observatory}/src/${name}.js`));
const { ALL_TESTS } = await part('constants');
const { retrieve } = await part('retriever/retriever');
const { getGradeForScore, getScoreModifier } = await part('grader/grader');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part('grader/charts');

const scan = async (path) => {
  const requests = await retrieve(hostname, { httpPort, httpsPort, path });
  const results = ALL_TESTS.map((test) => test(requests));
  const points = results.map(({ result }) => [result, getScoreModifier(result)]);
  const sum = (numbers) => numbers.reduce((one, other) => one + other, 100);
  const without = sum(points.map(([, number]) => Math.min(number, 0)));
  const all = sum(points.map(([, number]) => number));
  const { grade, score } = getGradeForScore(
    without >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? all : without,
  );
  return {
    path,
    status: requests.responses.auto.status,
    grade,
    score,
    failed: results.filter(({ pass }) => !pass).map(({ result }) => result),
    points: Object.fromEntries(points),
  };
};
const answers = [];
for (const path of paths) answers.push(await scan(path));
console.log(JSON.stringify(answers));
