const pass = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

addEventListener("message", async ({ data }) => {
  for (const step of data === "stream" ? [1, 2, 3] : []) {
    await pass(800);
    postMessage(["streamed", `Streamed ${step} of 3.`]);
  }
  if (data === "work") {
    await pass(3000);
    postMessage(["worked", "Worked."]);
  }
});
