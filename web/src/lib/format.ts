// Numbers, dates, currencies and quantities, as the locale writes them. Nothing here rounds a value
// that decides: limits and values of verdicts are written to twelve digits.

export interface NumberStyle {
  /** Significant digits at most. */
  digits?: number;
  sign?: boolean;
}

export function formatNumber(
  locale: string,
  value: number,
  { digits = 12, sign }: NumberStyle = {},
): string {
  return new Intl.NumberFormat(locale, {
    maximumSignificantDigits: digits,
    signDisplay: sign ? "exceptZero" : "auto",
  }).format(value);
}

export function formatPercent(locale: string, value: number, style: NumberStyle = {}): string {
  // A no-break space keeps the sign with its number, as the command line writes it.
  return `${formatNumber(locale, value, { digits: 3, ...style })}\u00a0%`;
}

/** An ISO date, or one known only to the month or the year. */
export function formatDate(locale: string, iso: string): string {
  const [year, month, day] = iso.split("-").map(Number);
  if (!year) return iso;
  const time = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  const style: Intl.DateTimeFormatOptions = { timeZone: "UTC", year: "numeric" };
  if (month) style.month = "short";
  if (day) style.day = "numeric";
  return new Intl.DateTimeFormat(locale, style).format(time);
}

export function formatMoney(locale: string, value: number, digits = 3): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    notation: Math.abs(value) >= 1e6 ? "compact" : "standard",
    maximumSignificantDigits: digits,
  }).format(value);
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"];
const SMALL_PREFIXES = ["", "m", "µ", "n", "p"];

/** A value in a base unit with the SI prefix that suits it: 9.6e10 and "B" make "96 GB". */
export function formatQuantity(locale: string, value: number, unit: string, digits = 3): string {
  const size = Math.abs(value);
  const power = size === 0 ? 0 : Math.floor(Math.log10(size) / 3 + 1e-9);
  const step = Math.max(1 - SMALL_PREFIXES.length, Math.min(PREFIXES.length - 1, power));
  const prefix = step < 0 ? SMALL_PREFIXES[-step] : PREFIXES[step];
  return `${formatNumber(locale, value / 1000 ** step, { digits })}\u00a0${prefix}${unit}`;
}

/** Units as the rules write them, in print: TOPS*bit, TPP/mm2. */
export function formatUnit(unit: string): string {
  return unit.replaceAll("*", "·").replaceAll("mm2", "mm²");
}
