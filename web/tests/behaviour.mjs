// What the pages do, one function a promise; each returns what is wrong.
import { readFile } from "node:fs/promises";

const expect = (condition, words) => (condition ? [] : [words]);
const query = (page) => new URL(page.url()).searchParams;

export async function a_newcomer_gets_an_answer_at_once(page) {
  await page.visit("/");
  const answer = await page.textContent(".answers .badge");
  await page.fill("input[list=chips]", "l20");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".answers")?.textContent.includes("l20"));
  return [
    ...expect(answer.includes("License required"), `the first answer is '${answer}'`),
    ...expect(query(page).get("chip") === "l20", "the chip is not in the URL"),
  ];
}

export async function the_slider_moves_the_red_line_without_a_request(page) {
  await page.visit("/chips?v=1&as-of=2025-04-08");
  const before = await page.textContent("main p[aria-live] strong");
  const requests = [];
  page.on("request", (request) => request.url().includes("/v1/") && requests.push(request.url()));
  await page.focus("input[type=range]");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    (text) => document.querySelector("main p[aria-live] strong")?.textContent !== text,
    before,
  );
  await page.waitForFunction(() => location.search.includes("2025-04-09"));
  const caught = await page.textContent("main p.faint");
  return [
    ...expect(requests.length === 0, `asked for ${requests}`),
    ...expect(caught.includes("H20"), `the change of the day is '${caught}'`),
  ];
}

export async function the_line_stands_where_the_rule_puts_it(page) {
  await page.visit("/chips?v=1&as-of=2023-11-17");
  await page.waitForFunction(() =>
    document.querySelector(".chart svg")?.textContent.includes("5.92"),
  );
  const text = await page.textContent(".chart svg");
  return ["4,800", "1,600", "2,400", "5.92", "3.2", "1.6"].flatMap((limit) =>
    expect(text.includes(limit), `the limit ${limit} is not on the plot`),
  );
}

export async function back_and_forward_work(page) {
  await page.visit("/chips");
  await page.selectOption("main select >> nth=0", "SA");
  await page.waitForFunction(() => location.search.includes("to=SA"));
  await page.click("tbody a >> nth=0");
  await page.waitForFunction(() => location.pathname.startsWith("/chip/"));
  await page.settled();
  const carried = query(page).get("to");
  await page.goBack();
  await page.waitForFunction(() => location.pathname === "/chips");
  await page.settled();
  const chosen = await page.inputValue("main select >> nth=0");
  await page.goBack();
  await page.waitForFunction(() => location.search === "");
  await page.settled();
  const first = await page.inputValue("main select >> nth=0");
  return [
    ...expect(carried === "SA", `the link carried ${carried}`),
    ...expect(chosen === "SA", `back shows ${chosen}`),
    ...expect(first === "CN", `back again shows ${first}`),
  ];
}

export async function old_links_become_new_ones(page) {
  await page.visit("/chip/h20-96gb?date=2025-04-16&dest=SA&lang=zh-CN");
  const now = query(page).toString();
  const notes = await page.locator("main .card[role=status]").count();
  return [
    ...expect(
      now === "v=1&to=SA&as-of=2025-04-16&lang=zh-Hans" ||
        now === "v=1&as-of=2025-04-16&to=SA&lang=zh-Hans",
      `the link became ${now}`,
    ),
    ...expect(notes === 0, "a note where all was understood"),
  ];
}

export async function a_token_leaves_the_address_bar(page) {
  await page.visit("/chips?v=1&to=SA&token=secret");
  const notes = await page.locator("main .card[role=status]").count();
  return expect(
    page.url() === `${page.base}/chips?v=1&to=SA` && notes === 0,
    `the address is ${page.url()}`,
  );
}

export async function what_a_link_says_wrongly_is_told(page) {
  await page.visit("/chips?v=1&as-of=2025-99-99&colour=red");
  const notes = await page.textContent("main .card[role=status]");
  return [
    ...expect(notes.includes("as-of") && notes.includes("colour"), `the notes are '${notes}'`),
    ...(await page.axe()),
  ];
}

export async function files_can_be_had_of_every_chart(page) {
  await page.visit("/chips?v=1&as-of=2025-04-16");
  const wrong = [];
  for (const [kind, looks] of [
    ["CSV", (bytes) => bytes.toString().startsWith("chip,answer,since,rule,eccn,tpp")],
    ["JSON", (bytes) => JSON.parse(bytes).length > 100],
    ["SVG", (bytes) => bytes.toString().startsWith("<svg") && bytes.includes("4,800")],
    ["PNG", (bytes) => bytes.subarray(1, 4).toString() === "PNG" && bytes.length > 10_000],
  ]) {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.click(`.chart >> nth=0 >> button:has-text("${kind}")`),
    ]);
    const bytes = await readFile(await file.path());
    const name = file.suggestedFilename();
    wrong.push(
      ...expect(name === `redline-density.${kind.toLowerCase()}`, `the file is called ${name}`),
    );
    wrong.push(...expect(looks(bytes), `the ${kind} begins with ${bytes.subarray(0, 80)}`));
  }
  return wrong;
}

export async function the_same_answer_as_a_command(page) {
  await page.visit("/chip/h20-96gb?v=1&as-of=2025-04-08&set=tpp%3D2400");
  await page.click("text=Copy as command");
  const line = await page.evaluate(() => navigator.clipboard.readText());
  await page.click("text=Copy link");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  return [
    ...expect(
      line === "redline classify h20-96gb --to CN --set tpp=2400 --as-of 2025-04-08",
      `the command is ${line}`,
    ),
    ...expect(link === page.url(), `the link is ${link}`),
  ];
}

export async function a_changed_figure_moves_the_verdict(page) {
  await page.visit("/chip/h20-96gb?v=1&as-of=2025-04-08");
  const before = await page.textContent(".badge.large");
  await page.click("text=Try it >> nth=0");
  await page.waitForFunction(
    (text) => document.querySelector(".badge.large")?.textContent !== text,
    before,
  );
  const after = await page.textContent(".badge.large");
  await page.click("text=Undo all changes");
  await page.waitForFunction(
    (text) => document.querySelector(".badge.large")?.textContent === text,
    before,
  );
  return [
    ...expect(before.includes("No license needed"), `before: ${before}`),
    ...expect(after.includes("License exception NAC"), `after: ${after}`),
  ];
}

export async function errors_show_code_help_and_page(page) {
  await page.visit("/chip/h21");
  const problem = await page.textContent(".problem");
  await page.click(".problem button");
  await page.waitForSelector(".problem h3");
  return [
    ...expect(problem.includes("RL2101"), `the problem says '${problem}'`),
    ...expect(/similar names/.test(problem), "no help"),
    ...(await page.axe()),
  ];
}
errors_show_code_help_and_page.options = { expectsErrors: true };

export async function a_program_that_is_gone_is_told(page) {
  await page.visit("/");
  await page.route("**/v1/classify**", (route) => route.abort());
  page.problems.length = 0;
  await page.fill("input[list=chips]", "h100-sxm5");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".problem");
  const problem = await page.textContent(".problem");
  page.problems.length = 0; // the browser logs the request that was cut
  return [
    ...expect(problem.includes("does not answer"), `the problem says '${problem}'`),
    ...(await page.axe()),
  ];
}

export async function a_slow_answer_says_so(page) {
  await page.route("**/v1/classify**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await route.continue();
  });
  await page.goto(`${page.base}/chips`);
  await page.waitForSelector("text=Still working");
  const found = await page.axe();
  await page.shot("state-slow");
  await page.settled();
  return found;
}

export async function unknown_has_its_reason(page) {
  await page.visit("/chip/kunlun-2?v=1&as-of=2024-01-01");
  const verdict = await page.textContent("section[aria-label=Verdict]");
  return expect(
    /not known: pd/.test(verdict.replaceAll(/\s+/g, " ")),
    `the verdict says '${verdict}'`,
  );
}

export async function nothing_found_is_said(page) {
  await page.visit("/data?v=1&q=nosuchthing");
  return expect(
    (await page.textContent("tbody")).includes("Nothing to show"),
    "an empty table says nothing",
  );
}

export async function all_facts_have_basis_source_and_coverage(page) {
  await page.visit("/data?v=1&kind=systems");
  await page.click("text=Load all facts");
  await page.waitForSelector("text=Coverage by key", { state: "attached" });
  await page.shot("data-facts");
  const text = await page.textContent("section[aria-label='Coverage and facts']");
  return [
    ...expect(/stated/.test(text) && /35 records/.test(text), "no coverage"),
    ...(await page.axe()),
  ];
}

export async function the_main_controls_are_reached_by_keyboard(page) {
  await page.visit("/chips");
  const wanted = new Set([
    "skip",
    "A Chips",
    "SELECT Language",
    "SELECT Theme",
    "INPUT Date of the rules",
    "BUTTON Table",
    "BUTTON CSV",
    "BUTTON Copy link",
  ]);
  const invisible = [];
  for (let step = 0; step < 400 && wanted.size > 0; ++step) {
    await page.keyboard.press("Tab");
    const { keys, outlined } = await page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      const words = at.getAttribute("aria-label") ?? at.textContent.trim();
      return {
        keys: [at.className, `${at.tagName} ${words}`],
        outlined: style.outlineStyle !== "none",
      };
    });
    for (const key of keys) wanted.delete(key.replace(/ svelte-.*/, ""));
    if (!outlined) invisible.push(keys[1]);
  }
  return [
    ...[...wanted].map((key) => `never reached ${key}`),
    ...invisible.slice(0, 3).map((key) => `focus cannot be seen on ${key}`),
  ];
}

export async function the_language_can_be_chosen_and_stays(page) {
  await page.visit("/chips?v=1&to=SA");
  await page.selectOption("header select >> nth=0", "zh-Hant");
  await page.waitForFunction(() => document.documentElement.lang === "zh-Hant");
  await page.settled();
  const title = await page.textContent("h1");
  await page.click("nav a >> nth=0");
  await page.settled();
  return [
    ...expect(title === "規則之下的晶片", `the title is ${title}`),
    ...expect(query(page).get("lang") === "zh-Hant", "the next page is in another language"),
  ];
}

export async function the_browsers_language_is_the_default(page) {
  await page.visit("/");
  return expect((await page.textContent("h1")) === "哪些 AI 芯片可以出货？", "not in Chinese");
}
the_browsers_language_is_the_default.options = { language: "zh-CN" };

export async function the_theme_can_be_chosen_and_stays(page) {
  await page.visit("/");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.selectOption("header select >> nth=1", "dark");
  const dark = await ground();
  await page.reload();
  await page.settled();
  return [
    ...expect(light !== dark, "no change"),
    ...expect((await ground()) === dark, "forgotten on reload"),
  ];
}

export async function nothing_is_asked_of_another_machine(page) {
  const others = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== page.base) others.push(request.url());
  });
  for (const path of ["/", "/chips", "/chip/h20-96gb", "/data"]) await page.visit(path);
  return others;
}

export async function the_first_load_is_small(page) {
  let bytes = 0;
  const { gzipSync } = await import("node:zlib");
  page.on("response", async (response) => {
    if (!response.url().includes("/v1/")) bytes += gzipSync(await response.body()).length;
  });
  await page.visit("/");
  return expect(bytes > 0 && bytes < 300_000, `${bytes} bytes`);
}
