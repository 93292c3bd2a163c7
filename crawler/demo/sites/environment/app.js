// Builds the whole page from content.json; without a script the page stays empty.
const content = await (await fetch("/content.json")).json();
const page = content.pages[location.pathname] ?? content.pages["/"];

const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const link = ([text, href]) => element("a", { href: href.replace(/^\{(\w+)\}/, (_, name) => window.hosts[name]) }, text);

const builders = {
  heading: (block) => element("h2", {}, block.text),
  text: (block) => element("p", {}, block.text),
  picture: (block) => element("img", { src: block.src, alt: block.alt, width: 960, height: 260 }),
  links: (block) => element("ul", {}, ...block.links.map((one) => element("li", {}, link(one)))),
  cards: (block) =>
    element("div", { class: "cards" }, ...block.cards.map((card) => element("article", {}, element("h3", {}, card.title), element("p", {}, card.text)))),
  video: (block) =>
    element("figure", {},
      element("video", { controls: "", preload: "metadata", poster: block.poster, width: 640, height: 360, "aria-label": block.caption },
        element("source", { src: block.src, type: "video/webm" }),
        element("track", { kind: "captions", src: block.captions, srclang: "en", label: "English" })),
      element("figcaption", {}, block.caption)),
  newsletter: (block) =>
    element("form", { action: "/newsletter", method: "post" },
      element("label", { for: "email" }, block.label), " ",
      element("input", { id: "email", name: "email", type: "email", required: "" }), " ",
      element("button", { type: "submit" }, block.button)),
};

document.title = `${page.title} – ${content.name}`;
document.getElementById("app").append(
  element("a", { class: "skip", href: "#main" }, "Skip to content"),
  element("header", {}, element("strong", {}, content.name), element("nav", { "aria-label": "Main" }, ...content.menu.map(link))),
  element("main", { id: "main" }, element("h1", {}, page.title), ...page.blocks.map((block) => builders[block.kind](block))),
  element("footer", {}, element("p", {}, content.address), ...content.footer.map(link)),
);
