/** Times, trackers and sizes as people read them. Every time carries its zone. */
import { in_groups_of_four } from "../credential.js";
import { _, language, number } from "./text.js";

/** `Sat 12 Dec, 17:00 Chicago (23:00 UTC)`; with the year where it is not this one, and UTC's day where it differs. */
export function instant_in(zone: string, iso: string, now: string): string {
  const local = parts_in(zone, iso);
  const time = `${day(local, parts_in(zone, now))}, ${clock(local)} ${local.place}`;
  if (local.place === "UTC") return time;
  const there = parts_in("UTC", iso);
  const utc = there.day === local.day ? clock(there) : `${there.weekday} ${there.day} ${there.month}, ${clock(there)}`;
  return _("{time} ({utc}\u00a0UTC)", { time, utc });
}

/** `Thu 10 Dec, 18:02 Chicago`. */
export function moment_in(zone: string, iso: string, now: string): string {
  const local = parts_in(zone, iso);
  return `${day(local, parts_in(zone, now))}, ${clock(local)} ${local.place}`;
}

/** `14:32:10 Chicago`. */
export function clock_in(zone: string, iso: string): string {
  const local = parts_in(zone, iso);
  return `${clock(local)}:${local.second} ${local.place}`;
}

interface Parts {
  readonly weekday: string;
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly place: string;
}

function parts_in(zone: string, iso: string): Parts {
  const format = (time_zone: string): Record<string, string> => {
    const of_time = new Intl.DateTimeFormat(language(), {
      timeZone: time_zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    }).formatToParts(new Date(iso));
    return Object.fromEntries(of_time.map(({ type, value }) => [type, value]));
  };
  try {
    return { ...(format(zone) as unknown as Parts), place: place_of(zone) };
  } catch {
    return { ...(format("UTC") as unknown as Parts), place: "UTC" }; // this browser does not know the zone
  }
}

/** `America/Chicago` is read `Chicago`. */
function place_of(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

function day({ weekday, day, month, year }: Parts, now: Parts): string {
  return year === now.year ? `${weekday} ${day} ${month}` : `${weekday} ${day} ${month} ${year}`;
}

function clock({ hour, minute }: Parts): string {
  return `${hour}:${minute}`;
}

/** The first two groups of a tracker, by which people know it again on one screen. */
export function short_tracker(shown: string): string {
  return shown.slice(0, 9);
}

export function grouped(symbols: string): string {
  return in_groups_of_four(symbols);
}

/** `1.2 MB`, as a person weighs a download; digits after the point are cut. */
export function size_of(bytes: number): string {
  if (bytes < 1000) return _("{n} bytes", { n: number(bytes) });
  if (bytes < 1_000_000) return _("{n} kB", { n: number(Math.floor(bytes / 1000)) });
  return _("{n} MB", { n: number(Math.floor(bytes / 100_000) / 10) });
}
