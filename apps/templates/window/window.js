// The app in its frame, loaded anew whenever another start of it serves.
const frame = document.querySelector("iframe");
const status = document.querySelector("[role=status]");
const line = status.querySelector(".line");
let shown = null;

const news = new EventSource("/news");
news.addEventListener("message", ({ data }) => {
  const told = JSON.parse(data);
  status.dataset.turn = told.turn;
  line.textContent = told.line;
  line.title = told.line;
  if (shown !== null && told.number !== shown) frame.src = frame.getAttribute("src");
  shown = told.number;
});
news.addEventListener("error", () => {
  status.dataset.turn = "away";
  line.textContent = "vitrina app run has ended.";
});
