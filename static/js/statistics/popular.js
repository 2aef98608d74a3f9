// Asks every few seconds what is popular now. While nobody looks it does not ask; texts are set as text, never as HTML.
const SECONDS = 10;

export function keepPopularFresh() {
  const list = document.querySelector("[data-popular]");
  if (!list) return;
  const state = document.querySelector("[data-popular-state]");
  const refresh = async () => {
    if (document.hidden) return;
    try {
      show(list, await ask(list.dataset.popular));
      state.textContent = "";
    } catch {
      state.textContent = state.dataset.failed;
    }
  };
  setInterval(refresh, SECONDS * 1000);
  document.addEventListener("visibilitychange", refresh);
}

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function show(list, found) {
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...found.articles.map(line));
  for (const link of list.querySelectorAll("a")) if (link.getAttribute("href") === focused) link.focus();
  list.hidden = found.articles.length === 0;
  document.querySelector("[data-popular-empty]").hidden = found.articles.length > 0;
}

function line(article) {
  const item = document.createElement("li");
  const link = document.createElement(article.address ? "a" : "span");
  const title = document.createElement("bdi");
  const views = document.createElement("span");
  title.textContent = article.title;
  if (article.address) link.href = article.address;
  link.append(title);
  views.className = "number";
  views.textContent = article.views_in_words;
  item.append(link, " ", views);
  return item;
}
