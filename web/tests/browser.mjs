// The pages in a real browser: every page in each language and theme, and what they promise.
//   node tests/browser.mjs [words of a test's name …]
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import * as answers from "./answers.mjs";
import * as behaviour from "./behaviour.mjs";
import * as brief from "./brief.mjs";
import { PAGES } from "./pages.mjs";
import { startServer } from "./server.mjs";
import * as workbench from "./workbench.mjs";

const axeSource = await readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const shots = fileURLToPath(new URL("../.shots", import.meta.url));
await mkdir(shots, { recursive: true });

const server = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

/** A fresh page whose console errors count against the test. */
async function open({
  width = 1280,
  height = 900,
  scheme = "light",
  language = "en-US",
  scale = 1,
  expectsErrors = false,
  scripts = true,
} = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: language,
    deviceScaleFactor: scale,
    javaScriptEnabled: scripts,
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.problems = [];
  // A request that is answered with an error of the program is an answer; pages show it.
  page.on("console", (message) => {
    const expected = /status of 4\d\d/.test(message.text()) && expectsErrors;
    if (["error", "warning"].includes(message.type()) && !expected)
      page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.visit = async (path) => {
    await page.goto(server.url + path);
    await page.settled();
  };
  page.settled = async () => {
    await page.waitForSelector("main h1");
    await page.waitForFunction(() => {
      const charts = [...document.querySelectorAll(".chart .box")];
      const busy = document.querySelector("[aria-busy='true'], main .waiting");
      return !busy && charts.every((box) => box.querySelector("svg"));
    });
    await page.waitForLoadState("networkidle");
  };
  page.base = server.url;
  page.shot = (name) => page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  page.axe = async () => {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations"] }),
    );
    return violations.map(
      ({ id, help, nodes }) =>
        `axe ${id}: ${help} at ${nodes
          .map(({ target }) => target.join(" "))
          .slice(0, 3)
          .join(" | ")}`,
    );
  };
  page.overflow = async () => {
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    return content > window ? [`the page is ${content} px wide in a window of ${window}`] : [];
  };
  return page;
}

const tests = [];
for (const { name, path, expectsErrors = false } of PAGES) {
  for (const language of ["en", "zh-Hans", "zh-Hant"]) {
    for (const scheme of ["light", "dark"]) {
      tests.push({
        name: `${name} ${language} ${scheme}`,
        async run() {
          const page = await open({ scheme, expectsErrors });
          await page.visit(`${path}${path.includes("?") ? "&" : "?v=1&"}lang=${language}`);
          const found = await page.axe();
          await page.shot(`${name}-${language}-${scheme}`);
          const spoken = await page.evaluate(() => document.documentElement.lang);
          return [
            page,
            [
              ...found,
              ...(await page.overflow()),
              ...(spoken === language ? [] : [`lang is ${spoken}`]),
            ],
          ];
        },
      });
    }
  }
  // 200 % zoom of a window of 1280 px leaves 640 px of its own.
  for (const [words, options] of [
    ["320 px", { width: 320, height: 640 }],
    ["1280 px at 200 %", { width: 640, height: 450, scale: 2 }],
    ["1600 px", { width: 1600, height: 900 }],
  ]) {
    tests.push({
      name: `${name} at ${words}`,
      async run() {
        const page = await open({ ...options, expectsErrors });
        await page.visit(path);
        await page.shot(`${name}-${words.replaceAll(/\W+/g, "-")}`);
        return [page, [...(await page.overflow()), ...(await page.axe())]];
      },
    });
  }
}
for (const [name, run] of Object.entries({ ...answers, ...behaviour, ...brief, ...workbench })) {
  tests.push({
    name: name.replaceAll("_", " "),
    async run() {
      const page = await open(run.options);
      return [page, (await run(page)) ?? []];
    },
  });
}

const words = process.argv.slice(2);
const chosen = tests.filter(({ name }) => words.every((word) => name.includes(word)));
let failed = 0;
for (const { name, run } of chosen) {
  let problems;
  let page;
  try {
    [page, problems] = await run();
    problems = [...problems, ...page.problems];
  } catch (error) {
    problems = [error.stack ?? String(error)];
  }
  if (problems.length > 0) failed += 1;
  console.log(
    `${problems.length > 0 ? "FAIL" : "ok  "} ${name}${problems.map((problem) => `\n       ${problem}`).join("")}`,
  );
  for (const context of browser.contexts()) await context.close();
}
console.log(`${chosen.length - failed} of ${chosen.length} passed`);
await browser.close();
await server.stop();
process.exit(failed > 0 || chosen.length === 0 ? 1 : 0);
