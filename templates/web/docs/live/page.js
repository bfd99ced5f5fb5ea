import { LaurelClient, webStorage } from "laurel-client";

const laurel = new LaurelClient({
  url: "{{ api|cut:"/api/v1" }}",
  playerId: "01a20ad2-38e6-72cd-813a-f74946f8058f",
  // Your own server's: it creates player tokens with its key.
  token: async () => (await fetch("/laurel-token")).text(),
  storage: webStorage("laurel.seq"),
});
laurel.addEventListener("event", ({ detail }) => {
  if (!detail.quiet) showToast(detail.title, detail.body);
});
laurel.addEventListener("state", ({ detail }) => console.log(detail.state, detail.code));
laurel.connect();
