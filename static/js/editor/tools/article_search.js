// The site's own articles, asked from the server: by words, by number, by the address they have now.

/** Articles that match, as {id, title, status, address, path}; null where the server could not be asked. */
export async function searchArticles(asked, signal) {
  const query = new URLSearchParams(asked);
  try {
    const answer = await fetch(`/admin/articles/search.json?${query}`, { headers: { Accept: "application/json" }, signal });
    return answer.ok && !answer.redirected ? (await answer.json()).items : null;
  } catch {
    return null;
  }
}

const known = new Map();

/** One article by its number, asked once; null where there is none to see. */
export async function findArticle(id) {
  if (!known.has(id)) {
    const found = await searchArticles({ id });
    if (found === null) {
      return null;
    }
    known.set(id, found[0] ?? null);
  }
  return known.get(id);
}

export const STATUS_NAMES = { draft: "Draft", scheduled: "Scheduled", published: "Published", withdrawn: "Withdrawn", trashed: "In the trash" };
