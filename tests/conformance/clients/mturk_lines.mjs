// The JavaScript SDK behind a pipe: a line of JSON in names an operation, a line of JSON out is what the client gave.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const mturk = createRequire(process.argv[2] + "/")("@aws-sdk/client-mturk");
const clients = new Map();

function clientOf(keys) {
  const name = keys.access_key;
  if (!clients.has(name)) {
    const credentials = { accessKeyId: keys.access_key, secretAccessKey: keys.secret_key };
    const endpoint = process.env.AWS_ENDPOINT_URL_MTURK;
    clients.set(name, new mturk.MTurkClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 }));
  }
  return clients.get(name);
}

function withDates(asked) {
  // The one timestamp that a requester sends; this client takes it as a Date.
  return "ExpireAt" in asked ? { ...asked, ExpireAt: new Date(asked.ExpireAt * 1000) } : asked;
}

function plain(key, value) {
  return this[key] instanceof Date ? this[key].getTime() / 1000 : value;
}

async function pages(client, line) {
  const config = { client, pageSize: 1 };
  const found = [];
  for await (const page of mturk[`paginate${line.operation}`](config, line.asked)) found.push(...(page[line.key] ?? []));
  return { [line.key]: found };
}

async function answer(line) {
  const client = clientOf(line.keys);
  try {
    if (line.key) return { output: await pages(client, line) };
    const { $metadata, ...output } = await client.send(new mturk[`${line.operation}Command`](withDates(line.asked)));
    return { output };
  } catch (error) {
    const turkErrorCode = error.TurkErrorCode ?? null;
    return { error: { name: error.name, code: turkErrorCode, text: error.Message ?? error.message } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line)), plain) + "\n");
}
