// The reader's time zone: told to the hub by a cookie for the next page, and used at once for the exact dates of this one.

const ZONE_COOKIE = "vitrina-zone";
const YEAR_S = 365 * 24 * 3600;

export function startTimes() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rendered = document.documentElement.dataset.zone;
  if (!zone || zone === rendered) return;
  document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(zone)}; path=/; max-age=${YEAR_S}; samesite=lax`;
  const exact = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) time.title = exact.format(new Date(time.dateTime));
  const note = document.querySelector("[data-zone-note]");
  if (note) note.textContent = `Times in your zone, ${zone}`;
}
