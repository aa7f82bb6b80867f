// What an app writes, as it comes. All of it is the app's text and stays text. Whoever reads further up is left there.
const MOST_LINES = 5000;
const NEAR_PX = 40;

export function startLog() {
  const place = document.querySelector("[data-follow]");
  if (!place) return;
  const text = place.querySelector("pre");
  const said = place.querySelector("[data-said]");
  const newest = place.querySelector("[data-newest]");
  const none = place.querySelector(".none");
  let lines = [];

  const isAtEnd = () => text.scrollHeight - text.scrollTop - text.clientHeight < NEAR_PX;
  const toEnd = () => {
    text.scrollTop = text.scrollHeight;
  };
  const say = (words) => {
    if (said.textContent !== words) said.textContent = words;
  };

  toEnd();
  text.addEventListener("scroll", () => {
    if (isAtEnd()) newest.hidden = true;
  });
  newest.addEventListener("click", () => {
    toEnd();
    newest.hidden = true;
  });

  const news = new EventSource(place.dataset.follow);
  news.addEventListener("open", () => say("Live: new lines come by themselves."));
  news.addEventListener("message", ({ data }) => {
    const told = JSON.parse(data);
    const follows = isAtEnd() || text.textContent === "";
    lines = (told.is_anew ? told.lines : lines.concat(told.lines)).slice(-MOST_LINES);
    text.textContent = lines.join("\n");
    none.hidden = lines.length > 0;
    if (follows) toEnd();
    else if (!told.is_anew) newest.hidden = false;
  });
  news.addEventListener("error", () => {
    say(news.readyState === EventSource.CLOSED ? "Not live any more: load the page again." : "Not live at the moment; trying again.");
  });
}
