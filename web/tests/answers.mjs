// What the pages Design, Exposure and Report do, one function a promise; each returns what is wrong.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const expect = (condition, words) => (condition ? [] : [words]);
const query = (page) => new URL(page.url()).searchParams;
const program =
  process.env.REDLINE ?? fileURLToPath(new URL("../../build/release/redline", import.meta.url));

const BEST = "section[aria-label='The best legal part']";

/** The results of the command that a page gives, run on the command line. */
async function results_of_command(page) {
  await page.click("text=Copy as command");
  const line = await page.evaluate(() => navigator.clipboard.readText());
  const shell = line.replace(/^redline /, `'${program}' `);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${shell} --format json`], {
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${line}: ${status} ${stderr}`);
  return { line, results: JSON.parse(stdout).results };
}

async function rows_of(page, chart) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`.chart:has(h2:text-is("${chart}")) button:text-is("JSON")`),
  ]);
  return JSON.parse(await readFile(await file.path()));
}

export async function the_best_part_is_the_same_on_the_command_line(page) {
  await page.visit("/design?v=1&per=dollar&caps=0");
  const { line, results } = await results_of_command(page);
  const [first] = await rows_of(page, "Legal parts by work and cost");
  const { best } = results[0];
  return [
    ...expect(line.includes("--per dollar --top 12 --no-caps"), `the command is ${line}`),
    ...expect(
      first.part === "best" && first.tpp === best[0].tpp && first.value === best[0].value,
      "the command answers otherwise",
    ),
  ];
}

/** Under a moving slider: one question at a time, the last wins, and only the part is asked for. */
export async function the_best_part_follows_the_slider(page) {
  await page.visit("/design");
  const before = await page.textContent(`${BEST} h2`);
  let open = 0;
  let most = 0;
  const asked = [];
  await page.route(
    (url) => url.pathname === "/v1/search-chip",
    async (route) => {
      open += 1;
      most = Math.max(most, open);
      asked.push(new URL(route.request().url()).searchParams);
      const response = await route.fetch();
      open -= 1;
      await route.fulfill({ response });
    },
  );
  const slider = page.locator("input[type=range][aria-label*='2,400']");
  await slider.evaluate(async (element) => {
    for (let value = 2410; value <= 3000; value += 10) {
      element.value = value;
      element.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  await page.waitForFunction(
    ([box, text]) => document.querySelector(box)?.textContent !== text,
    [`${BEST} h2`, before],
  );
  const still = query(page).get("limits");
  await page.waitForFunction(() => document.querySelector(".stale"));
  await slider.evaluate((element) => element.dispatchEvent(new Event("change", { bubbles: true })));
  await page.waitForFunction(() => location.search.includes("limits="));
  await page.settled();
  await page.shot("design-moved-by-slider");
  const { line, results } = await results_of_command(page);
  const after = await page.textContent(`${BEST} h2`);
  const tpp = Math.round(results[0].best[0].tpp).toLocaleString("en");
  await page.goBack();
  await page.settled();
  const back = await page.textContent(`${BEST} h2`);
  return [
    ...expect(most === 1, `${most} questions at once`),
    ...expect(asked.length < 40, `${asked.length} questions for 60 moves`),
    ...expect(asked.every((one) => one.get("detail") === "part"), "the whole was asked for"),
    ...expect(still === null, "the address moved with the slider"),
    ...expect(line.includes("--limits tpp:2400=3000"), `the command is ${line}`),
    ...expect(after.replace(/\.\d+/, "").includes(tpp) || after.includes(tpp), `the part is '${after}', not ${tpp}`),
    ...expect(back === before, `Back shows '${back}'`),
  ];
}

export async function no_legal_part_says_what_binds(page) {
  await page.visit("/design?v=1&max-watts=50");
  const text = await page.textContent("section[aria-label='No feasible answer']");
  await page.click("text=Take the limit on power away");
  await page.waitForSelector(BEST);
  return expect(text.includes("50 W"), `it says '${text}'`);
}

export async function a_search_for_a_part_can_be_cancelled(page) {
  await page.goto(`${page.base}/design?v=1&mode=both&from=ga100`);
  await page.waitForSelector("main .waiting button");
  const cancelled = page.waitForRequest((request) => request.method() === "DELETE");
  await page.click("main .waiting button");
  await cancelled;
  await page.waitForSelector("text=It was cancelled");
  await page.shot("design-cancelled");
  const found = await page.axe();
  await page.goto(`${page.base}/design`);
  await page.settled();
  return [...found, ...expect(await page.isVisible(BEST), "no answer after the next question")];
}

export async function an_exposure_is_the_same_on_the_command_line(page) {
  await page.visit("/exposure?v=1&samples=4096&seed=7");
  const { line, results } = await results_of_command(page);
  const rows = await rows_of(page, "Paths, ranked");
  const [{ options, best }] = results;
  const mean = options.find(({ option }) => option === best).net_usd.mean;
  return [
    ...expect(line === "redline exposure april-2025 --samples 4096 --seed 7 --backtest", `the command is ${line}`),
    ...expect(rows[0].path === best && rows[0].mean_usd === mean, "the command answers otherwise"),
  ];
}

export async function a_path_and_a_measure_can_be_chosen(page) {
  await page.visit("/exposure?v=1&samples=4096");
  const requests = [];
  page.on("request", (request) => request.url().includes("/v1/jobs") && requests.push(request.url()));
  await page.selectOption("label:has-text('Path') select", "license");
  await page.waitForFunction(() => location.search.includes("path=license"));
  await page.selectOption("label:has-text('Measure') select >> nth=0", "charge");
  await page.waitForFunction(() => location.search.includes("measure=charge"));
  const titles = await page.locator(".chart h2").allTextContents();
  const tree = await page.locator("section[aria-label*='hangs on'] .line").allTextContents();
  await page.goBack();
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes("path="));
  const back = await page.inputValue("label:has-text('Path') select");
  return [
    ...expect(titles.some((title) => title.includes("ask for licenses")), `the charts are ${titles}`),
    ...expect(tree.length >= 3 && tree[0].includes("100"), `the tree begins ${tree[0]}`),
    ...expect(
      tree.some((line) => line.includes("The first license for the H20 is issued: yes")),
      `the tree is ${tree}`,
    ),
    ...expect(requests.length === 0, "it was asked again"),
    ...expect(back === "everything", `Back shows ${back}`),
  ];
}

export async function a_brief_is_worked_out_and_shown_in_a_sandbox(page) {
  await page.visit("/report");
  const frames = await page.locator("iframe").count();
  await page.click("text=Work out the brief");
  await page.waitForSelector("main .waiting button");
  await page.shot("report-waiting");
  await page.waitForSelector("iframe", { timeout: 240_000 });
  const sandbox = await page.getAttribute("iframe", "sandbox");
  const inside = page.frameLocator("iframe");
  const title = await inside.locator("h1").first().textContent();
  const short = await page.textContent("section[aria-label='In short']");
  await page.shot("report-open");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("text=Download as HTML")]);
  const html = await readFile(await file.path(), "utf8");
  const found = await page.axe();
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector("iframe"));
  return [
    ...found,
    ...expect(frames === 0, "a brief was there before it was asked for"),
    ...expect(sandbox === "allow-scripts", `the sandbox is ${sandbox}`),
    ...expect(/April\s+2025/.test(title), `the brief is called ${title}`),
    ...expect(short.includes("claims of the press"), `in short: ${short}`),
    ...expect(html.startsWith("<!DOCTYPE html>"), `the file begins ${html.slice(0, 40)}`),
  ];
}

export async function a_brief_can_be_cancelled(page) {
  await page.goto(`${page.base}/report?v=1&open=1`);
  await page.waitForSelector("main .waiting button");
  const cancelled = page.waitForRequest((request) => request.method() === "DELETE");
  await page.click("main .waiting button");
  await cancelled;
  await page.waitForSelector("text=It was cancelled");
  return page.axe();
}
