import { createContext, useContext } from "react";

export interface FormatOptions {
  /** BCP 47, for instance `de-AT`; the browser's own if left out. */
  locale?: string | undefined;
  /** For instance `Europe/Vienna`; the device's own if left out. */
  timeZone?: string | undefined;
}

/** A point in time: ISO 8601, or milliseconds since 1970. */
export type Moment = string | number;

/** Times and sizes in the reader's language. `now` is in milliseconds since 1970. */
export interface Format {
  /** `4:05 PM` */
  time(moment: Moment): string;
  /** `Tuesday, 3 March 2026 at 16:05`, in full */
  dateTime(moment: Moment): string;
  /** Heads a day of messages: `Today`, `Yesterday`, `Tuesday`, `3 March 2026`. */
  day(moment: Moment, now: number): string;
  /** The same for the messages of one day, whatever the language: `2026-03-03`. */
  dayKey(moment: Moment): string;
  /** In a list: the time today, the weekday within a week, else the date. */
  short(moment: Moment, now: number): string;
  /** `now`, `5 minutes ago`, `yesterday` */
  ago(moment: Moment, now: number): string;
  /** `1.4 MB` */
  fileSize(bytes: number): string;
  /** 0 to 1 as `40%` */
  percent(share: number): string;
  number(value: number): string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const sizeUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

function firstUpper(text: string, locale: string | undefined): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase(locale) + rest.join("");
}

function createDates({ locale, timeZone }: FormatOptions) {
  const styled = (options: Intl.DateTimeFormatOptions) => {
    let format: Intl.DateTimeFormat | null = null;
    return (moment: Moment) =>
      (format ??= new Intl.DateTimeFormat(locale, { ...options, timeZone })).format(
        new Date(moment),
      );
  };
  const key = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone });
  const dayKey = (moment: Moment) => key.format(new Date(moment));
  return {
    time: styled({ timeStyle: "short" }),
    full: styled({ dateStyle: "full", timeStyle: "short" }),
    weekday: styled({ weekday: "long" }),
    weekdayShort: styled({ weekday: "short" }),
    dayOfYear: styled({ day: "numeric", month: "short" }),
    date: styled({ dateStyle: "long" }),
    dateShort: styled({ dateStyle: "short" }),
    dayKey,
    /** Calendar days from the moment until now, where the reader is. */
    daysAgo: (moment: Moment, now: number) =>
      Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(moment))) / day),
  };
}

function createNumbers(locale: string | undefined) {
  const plain = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  return {
    number: (value: number) => plain.format(value),
    percent: (share: number) => percent.format(share),
    fileSize(bytes: number) {
      let value = bytes;
      let unit = 0;
      while (Math.round(value) >= 1000 && unit < sizeUnits.length - 1) {
        value /= 1024;
        unit += 1;
      }
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: sizeUnits[unit] ?? "byte",
        unitDisplay: unit === 0 ? "long" : "short",
        maximumFractionDigits: value < 10 && unit > 1 ? 1 : 0,
      }).format(value);
    },
  };
}

export function createFormat({ locale, timeZone }: FormatOptions): Format {
  const dates = createDates({ locale, timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  return {
    ...createNumbers(locale),
    time: dates.time,
    dateTime: dates.full,
    dayKey: dates.dayKey,
    day(moment, now) {
      const days = dates.daysAgo(moment, now);
      if (days === 0 || days === 1) return firstUpper(relative.format(-days, "day"), locale);
      return days > 1 && days < 7 ? firstUpper(dates.weekday(moment), locale) : dates.date(moment);
    },
    short(moment, now) {
      const days = dates.daysAgo(moment, now);
      if (days === 0) return dates.time(moment);
      if (days > 0 && days < 7) return dates.weekdayShort(moment);
      const sameYear = dates.dayKey(moment).slice(0, 4) === dates.dayKey(now).slice(0, 4);
      return sameYear ? dates.dayOfYear(moment) : dates.dateShort(moment);
    },
    ago(moment, now) {
      const past = Math.max(0, now - new Date(moment).getTime());
      if (past < minute) return relative.format(0, "second");
      if (past < hour) return relative.format(-Math.floor(past / minute), "minute");
      const days = dates.daysAgo(moment, now);
      if (days === 0 || past < 6 * hour) return relative.format(-Math.floor(past / hour), "hour");
      return days < 7 ? relative.format(-days, "day") : dates.date(moment);
    },
  };
}

export const FormatContext = createContext<Format | null>(null);

let browserFormat: Format | null = null;

export function useFormat(): Format {
  return useContext(FormatContext) ?? (browserFormat ??= createFormat({}));
}
