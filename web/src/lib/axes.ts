/** The two objectives that are drawn: those asked for where an answer has them, else usual ones. */
export function axesOf(
  keys: string[],
  asked: { x: string; y: string },
  usual: string,
): { x: string; y: string } {
  const x = keys.includes(asked.x) ? asked.x : usual;
  const y =
    keys.includes(asked.y) && asked.y !== x ? asked.y : (keys.find((key) => key !== x) ?? "");
  return { x, y };
}
