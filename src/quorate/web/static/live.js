// The page of a running ballot follows it: how many, never how. Without this script the page is as true as when
// it was loaded.
"use strict";

(() => {
  const page = document.querySelector("[data-live]");
  if (!page || !window.EventSource) return;
  const { live, phase, closes, zone } = page.dataset;
  const words = document.documentElement.lang || "en";
  const people = new Intl.NumberFormat(words);
  const clock = new Intl.DateTimeFormat(words, {
    timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const city = zone.split("/").pop().replaceAll("_", " ");
  const figure = page.querySelector("[data-live-bar]");

  const draw = (cast, rest, whole) => {
    const [voted, others] = figure.querySelectorAll("rect.slice[data-count]");
    const gap = figure.querySelector("rect.bar-gap");
    const place = `${(Math.floor((cast * 1000000) / whole) / 10000).toFixed(4)}%`;
    voted.setAttribute("width", place);
    voted.dataset.count = cast;
    others.setAttribute("x", place);
    others.setAttribute("width", `${(Math.floor((rest * 1000000) / whole) / 10000).toFixed(4)}%`);
    others.dataset.count = rest;
    gap?.setAttribute("x", place);
    const said = figure.querySelectorAll(".legend strong");
    said[0].textContent = people.format(cast);
    said[1].textContent = people.format(rest);
  };

  new EventSource(live).addEventListener("status", (event) => {
    const now = JSON.parse(event.data);
    if (now.phase !== phase || Date.parse(now.closes) !== Date.parse(closes)) return location.reload();
    if (!figure) return;
    const whole = now.eligible;
    if (String(whole) !== figure.dataset.liveBar) return location.reload();
    const cast = now.counted_credentials;
    draw(cast, whole - cast, whole);
    for (const place of page.querySelectorAll("[data-live-cast]")) place.textContent = people.format(cast);
    const time = page.querySelector("[data-live-time]");
    if (time) time.textContent = `${clock.format(new Date(now.now))} ${city}`;
  });
})();
