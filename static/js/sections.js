// Opens the closed section that holds what a link leads to; most browsers do that themselves.
"use strict";

{
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const section = target && target.closest("details:not([open])");
    if (section) {
      section.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("DOMContentLoaded", open);
  addEventListener("hashchange", open);
}
