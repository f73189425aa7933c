// The API of `redline serve` in front of `redline batch`, so that the pages can be developed without
// the server: a plugin for `vite` and `vite preview`. REDLINE names the program.
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.REDLINE ?? `${repository}build/release/redline`;

/** One `redline batch` that stays: a line in, a line out, in order. */
class Batch {
  constructor() {
    this.waiting = [];
    this.child = spawn(program, ["batch"], { stdio: ["pipe", "pipe", "inherit"] });
    this.child.on("error", (error) => this.#end(error.message));
    this.child.on("exit", () => this.#end("the program ended"));
    this.child.stdin.on("error", () => undefined); // told by the events above
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.waiting.shift()?.(JSON.parse(line));
    });
  }
  ask(request) {
    return new Promise((resolve) => {
      if (this.ended) return resolve(this.ended);
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
  stop() {
    this.child.kill();
  }
  #end(message) {
    this.ended = { error: { code: "RL9001", message } };
    for (const resolve of this.waiting.splice(0)) resolve(this.ended);
  }
}

/** A brief, which the command line writes into a folder. */
class Brief {
  async ask({ scenario, lang = "en" }) {
    const folder = await mkdtemp(`${tmpdir()}/redline-brief-`);
    try {
      const words = ["report", String(scenario), "-o", folder, "--lang", lang];
      this.child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"] });
      let told = "";
      this.child.stderr.on("data", (chunk) => (told += chunk));
      const status = await new Promise((resolve) => this.child.on("close", resolve));
      if (status !== 0) return error_of(told);
      this.page = await readFile(`${folder}/report.html`, "utf8");
      return JSON.parse(await readFile(`${folder}/report.json`, "utf8"));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  stop() {
    this.child?.kill();
  }
}

/** What the command line says on standard error. */
function error_of(text) {
  const [, code, message] = /error\[(RL\d+)\]: (.*)/.exec(text) ?? [];
  const help = [...text.matchAll(/= help: (.*)/g)].map((found) => found[1]);
  return { error: { code: code ?? "RL9001", message: message ?? "the program failed", help } };
}

function ask_command_line(words) {
  const run = spawnSync(program, [...words, "--format", "json"], { maxBuffer: 1 << 28 });
  if (run.status === 0) return JSON.parse(run.stdout);
  return error_of(String(run.stderr));
}

/** `message (help; help)` is how batch writes what the API keeps apart. */
function api_error({ code, message, help }) {
  const [, text, rest] = help ? [] : (/^(.*?)(?: \((.*)\))?$/s.exec(message) ?? []);
  const lines = help ?? (rest ? rest.split("; ") : []);
  const one = { code, message: text ?? message, help: lines };
  return { error: { ...one, errors: [one] } };
}

function keep(value, paths) {
  if (Array.isArray(value)) return value.map((item) => keep(item, paths));
  if (value === null || typeof value !== "object") return value;
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    const deeper = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (deeper.some((path) => path.length === 0)) kept[key] = inner;
    else if (deeper.length > 0) kept[key] = keep(inner, deeper);
  }
  return kept;
}

function only_fields(answer, fields) {
  if (!fields || !answer.results) return answer;
  const paths = fields.split(",").map((path) => path.split("."));
  return { ...answer, results: keep(answer.results, paths) };
}

function parse_value(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fields_of_query(query) {
  const fields = {};
  for (const key of new Set(query.keys())) {
    if (key === "fields") continue;
    const values = query.getAll(key).map(parse_value);
    fields[key] = values.length > 1 ? values : values[0];
  }
  return fields;
}

async function body_of(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

export function redlineApi() {
  let batch;
  let jobs = 0;
  const answers = new Map();
  const running = new Map();

  async function answer(command, fields) {
    const key = JSON.stringify([command, fields]);
    if (!answers.has(key)) {
      batch ??= new Batch();
      // What older programs know only on the command line.
      if (command === "data-list") {
        answers.set(key, ask_command_line(["data", "list", ...(fields.kind ? [fields.kind] : [])]));
      } else if (command === "explain") {
        answers.set(key, ask_command_line(["explain", fields.code]));
      } else {
        answers.set(key, await batch.ask({ ...fields, command }));
      }
    }
    return answers.get(key);
  }

  function reply(response, status, body, type = "application/json") {
    response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(type === "application/json" ? JSON.stringify(body) : body);
  }

  function reply_answer(response, given, fields) {
    if (given.error) reply(response, 400, api_error(given.error));
    else reply(response, 200, only_fields(given, fields));
  }

  function start_job(request) {
    const job = {
      public: {
        id: String(++jobs),
        command: request.command,
        state: "running",
        progress: null,
        error: null,
      },
      batch: request.command === "report" ? new Brief() : new Batch(),
      result: null,
      watchers: new Set(),
      finish(state, error) {
        if (this.public.state !== "running") return;
        Object.assign(this.public, { state, error });
        for (const watcher of this.watchers) send_event(watcher, this);
        this.batch.stop();
      },
    };
    running.set(job.public.id, job);
    job.batch.ask(request).then((result) => {
      job.result = result;
      job.finish(
        result.error ? "failed" : "done",
        result.error ? api_error(result.error).error : null,
      );
    });
    return job;
  }

  function send_event(response, job) {
    response.write(`event: job\ndata: ${JSON.stringify(job.public)}\n\n`);
    if (job.public.state !== "running") response.end();
  }

  async function handle_job(request, response, [id, part]) {
    if (!id) return reply(response, 202, start_job(await body_of(request)).public);
    const job = running.get(id);
    if (!job)
      return reply(response, 404, api_error({ code: "RL9001", message: `no job ${id}`, help: [] }));
    if (request.method === "DELETE") job.finish("cancelled", null);
    if (part === "result") return reply_answer(response, job.result);
    if (part === "page" && job.batch.page)
      return reply(response, 200, job.batch.page, "text/html; charset=utf-8");
    if (part === "events") {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      job.watchers.add(response);
      request.on("close", () => job.watchers.delete(response));
      return send_event(response, job);
    }
    reply(response, 200, job.public);
  }

  async function handle(request, response, next) {
    const url = new URL(request.url, "http://localhost");
    if (!url.pathname.startsWith("/v1/")) return next();
    const [command, ...rest] = url.pathname.slice(4).split("/");
    if (command === "version") {
      const { error, redline, data_hash, as_of } = await answer("classify", { chip: "h20" });
      return error
        ? reply_answer(response, { error })
        : reply(response, 200, { redline, data_hash, as_of });
    }
    if (command === "texts") {
      return reply(
        response,
        200,
        await readFile(`${repository}data/i18n/${rest[0]}.json`),
        "application/json; charset=utf-8",
      );
    }
    if (command === "jobs") return handle_job(request, response, rest);
    const fields =
      request.method === "POST" ? await body_of(request) : fields_of_query(url.searchParams);
    reply_answer(response, await answer(command, fields), url.searchParams.get("fields"));
  }

  function install(server) {
    server.middlewares.use((request, response, next) =>
      handle(request, response, next).catch(next),
    );
    server.httpServer?.on("close", () => batch?.stop());
  }

  return { name: "redline-api", configureServer: install, configurePreviewServer: install };
}
