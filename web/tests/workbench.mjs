// What the pages Compare, Plan and Serve do, one function a promise; each returns what is wrong.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const expect = (condition, words) => (condition ? [] : [words]);
const query = (page) => new URL(page.url()).searchParams;
const program =
  process.env.REDLINE ?? fileURLToPath(new URL("../../build/release/redline", import.meta.url));

/** Minutes on one core: long enough to be given up. */
const LONG_SEARCH =
  "/plan?v=1&model=deepseek-v3&chip=h800-sxm&chips=256..8192&batch=&pareto=cost%2Cmemory%2Cenergy&dtype=bf16%2Cfp8&overlap=none%2Cexperts%2Ctensor%2Call";

async function copied_command(page) {
  await page.click("text=Copy as command");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** The results of the command that a page gives, run on the command line. */
function run_command(line) {
  const shell = line.replace(/^redline /, `'${program}' `);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${shell} --format json`], {
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${line}: ${status} ${stderr}`);
  return JSON.parse(stdout).results;
}

async function download(page, chart, kind) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`.chart >> nth=${chart} >> button:has-text("${kind}")`),
  ]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

export async function chips_are_compared_and_can_be_added(page) {
  await page.visit("/compare?v=1&chip=h20-96gb&chip=h200-sxm&model=llama-3.1-8b");
  const before = await page.textContent("section[aria-label=Training]");
  await page.fill("input[name=add]", "kunlun-2");
  await page.keyboard.press("Enter");
  await page.waitForSelector("section[aria-label='Not known']");
  await page.settled();
  const unknown = await page.textContent("section[aria-label='Not known']");
  const chips = query(page).getAll("chip");
  await page.click("button:has-text('as reference'):has-text('h200-sxm')");
  await page.waitForFunction(() =>
    document.querySelector("section[aria-label=Training]")?.textContent.includes("100 of h200-sxm"),
  );
  await page.goBack();
  await page.waitForFunction(() =>
    document.querySelector("section[aria-label=Training]")?.textContent.includes("100 of h20-96gb"),
  );
  return [
    ...expect(/\d h200-sxm \(/.test(before), `the answer is '${before}'`),
    ...expect(chips.join() === "h20-96gb,h200-sxm,kunlun-2", `the URL has ${chips}`),
    ...expect(/no network between nodes is known/.test(unknown), `the reason is '${unknown}'`),
    ...(await page.axe()),
  ];
}

export async function nothing_to_compare_is_said(page) {
  await page.visit("/compare?v=1&chip=");
  const text = await page.textContent("main");
  return [...expect(/nothing to compare yet/.test(text), "nothing is said"), ...(await page.axe())];
}

export async function a_comparison_is_the_same_on_the_command_line(page) {
  await page.visit("/compare?v=1&chip=h20-96gb&chip=h200-sxm&model=llama-3.1-8b&rent=1.5&pue=1.2");
  const line = await copied_command(page);
  const [{ uses }] = run_command(line);
  const { name, bytes } = await download(page, 0, "JSON");
  const rows = JSON.parse(bytes);
  return [
    ...expect(
      line === "redline compare h20-96gb h200-sxm --model llama-3.1-8b --rent 1.5 --pue 1.2",
      `the command is ${line}`,
    ),
    ...expect(name === "redline-compare.json", `the file is called ${name}`),
    ...expect(
      rows.every(
        (row, index) =>
          row.tokens_per_s_per_chip === uses[index].tokens_per_s_per_chip &&
          row.cost_usd_per_million_tokens === uses[index].cost_usd_per_million_tokens,
      ),
      "the command answers otherwise",
    ),
  ];
}

export async function a_plan_is_the_same_on_the_command_line(page) {
  await page.visit(
    "/plan?v=1&model=llama-3.1-8b&chips=8..16&batch=16&pareto=cost%2Cmemory&tp=1%2C2",
  );
  const [{ best, pareto }] = run_command(await copied_command(page));
  const { bytes } = await download(page, 0, "JSON");
  const rows = JSON.parse(bytes);
  const answer = await page.textContent("section[aria-label='The best plan']");
  return [
    ...expect(
      answer.includes(`tp ${best.plan.tp}, pp ${best.plan.pp}, dp ${best.plan.dp}`),
      `the plan is '${answer}'`,
    ),
    ...expect(
      rows.length === pareto.length && rows[0].step_time_s === pareto[0].time_s,
      "the command answers otherwise",
    ),
  ];
}

export async function a_plan_can_be_looked_into_and_back(page) {
  await page.visit("/plan?v=1&model=llama-3.1-8b&chips=8&batch=8&vary=compute%3D10%25");
  const bars = () =>
    page.getAttribute("section:has(h2:text-is('Memory of each chip')) .box", "aria-label");
  const before = await bars();
  await page.selectOption("label:has-text('Plan to look into') select", { index: 3 });
  await page.waitForFunction(() => location.search.includes("plan="));
  const chosen = await bars();
  const worth = await page.getAttribute(
    "section:has(h2:text-is('What a resource is worth')) .box",
    "aria-label",
  );
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes("plan="));
  return [
    ...expect(chosen.includes("Chosen: tp"), `the bars are ${chosen}`),
    ...expect((await bars()) === before, "Back does not show what was there"),
    ...expect(/compute changes the objective by -/.test(worth), `the worth is '${worth}'`),
  ];
}

export async function what_does_not_fit_says_the_smallest_change(page) {
  await page.visit("/plan?v=1&model=llama-3.1-70b&chips=8&batch=64");
  const text = await page.textContent("section[aria-label='No plan fits']");
  await page.click("section[aria-label='No plan fits'] a");
  await page.waitForSelector("section[aria-label='The best plan']");
  await page.settled();
  return [
    ...expect(/needs 1\d\d.GB on each chip, which has 96.GB/.test(text), `it says '${text}'`),
    ...expect(query(page).get("chips") === "16", `the change led to ${page.url()}`),
  ];
}

export async function a_long_search_can_be_cancelled_and_asked_again(page) {
  await page.goto(page.base + LONG_SEARCH);
  await page.waitForSelector("main .waiting button");
  await page.shot("plan-waiting");
  const cancelled = page.waitForRequest((request) => request.method() === "DELETE");
  await page.click("main .waiting button");
  await cancelled;
  await page.waitForSelector("text=It was cancelled");
  const found = await page.axe();
  await page.shot("plan-cancelled");
  await page.click("text=Ask again");
  await page.waitForSelector("main .waiting button");
  await page.click("main .waiting button");
  return found;
}

export async function errors_of_long_questions_have_code_and_help(page) {
  await page.visit("/plan?v=1&model=llama-3.1-405&chips=8");
  const problem = await page.textContent(".problem");
  return [
    ...expect(
      problem.includes("RL2104") && problem.includes("similar names"),
      `the problem says '${problem}'`,
    ),
    ...(await page.axe()),
  ];
}
errors_of_long_questions_have_code_and_help.options = { expectsErrors: true };

export async function the_form_is_a_draft_until_it_is_sent(page) {
  await page.visit("/serve");
  await page.fill("input[name=tpot]", "20ms");
  const before = query(page).get("tpot");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.search.includes("tpot=20ms"));
  await page.settled();
  const answer = await page.textContent("section[aria-label='The best way']");
  await page.goBack();
  await page.waitForFunction(() => location.search === "");
  await page.settled();
  return [
    ...expect(before === null, "the URL moved before the form was sent"),
    ...expect(/fp8|bf16/.test(answer), `the answer is '${answer}'`),
    ...expect((await page.inputValue("input[name=tpot]")) === "50ms", "Back leaves the field"),
  ];
}

export async function a_way_to_serve_leads_to_its_simulation(page) {
  await page.visit("/serve?v=1&tpot=30ms");
  const line = await copied_command(page);
  const [{ best }] = run_command(line);
  await page.click("text=Simulate it at 70 %");
  await page.waitForFunction(() => location.search.includes("tab=simulate"));
  await page.waitForSelector("h2:text-is('What users feel, by percentile')");
  await page.settled();
  const params = query(page);
  return [
    ...expect(
      params.get("tp") === String(best.decode.tp) && params.get("dtype") === best.decode.weights,
      `simulated is ${params}`,
    ),
    ...(await page.axe()),
  ];
}

export async function a_simulation_is_the_same_on_the_command_line(page) {
  await page.visit("/serve?v=1&tab=simulate&rate=3&requests=300");
  const [found] = run_command(await copied_command(page));
  const { bytes } = await download(page, 0, "JSON");
  const rows = JSON.parse(bytes);
  const of = (quantity, percentile) =>
    rows.find((row) => row.quantity === quantity && row.percentile === percentile).time_s;
  return ["ttft_s", "tpot_s", "latency_s"].flatMap((quantity) =>
    expect(
      of(quantity, "p99") === found[quantity].p99,
      `${quantity} is ${of(quantity, "p99")}, not ${found[quantity].p99}`,
    ),
  );
}

export async function a_curve_is_drawn_rate_by_rate_and_can_be_cancelled(page) {
  await page.visit("/serve?v=1&tab=simulate&requests=300&rates=1%2C2%2C4");
  await page.waitForSelector("section:has(h2:has-text('against rate')) svg");
  const { bytes } = await download(page, 2, "CSV");
  const lines = bytes.toString().trim().split("\r\n");
  await page.goto(`${page.base}/serve?v=1&tab=simulate&requests=200000&rates=1%2C2%2C4`);
  await page.click("section[aria-label='Curve of rate and time'] .waiting button");
  const said = await page.textContent(
    "section[aria-label='Curve of rate and time'] p[role=status]",
  );
  return [
    ...expect(lines.length === 4 && lines[0].startsWith("rate,ttft_p50_s"), `the file is ${lines}`),
    ...expect(/cancelled; \d of 3/.test(said), `it says '${said}'`),
  ];
}

export async function a_target_that_none_holds_says_what_does(page) {
  await page.visit("/serve?v=1&tab=capacity&tpot=1ms");
  const text = await page.textContent("section[aria-label='No rate keeps the limits']");
  await page.click("section[aria-label='No rate keeps the limits'] a");
  await page.waitForSelector(
    "section[aria-label='The highest rate'], section[aria-label='No rate keeps the limits']",
  );
  await page.settled();
  return [
    ...expect(/TPOT alone is 12\.\d ms/.test(text.replaceAll("\u00a0", " ")), `it says '${text}'`),
    ...expect(query(page).get("tpot") === "13ms", `the change led to ${page.url()}`),
  ];
}
