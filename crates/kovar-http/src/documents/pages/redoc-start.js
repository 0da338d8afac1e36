// Starts Redoc from the settings in the page: a file of its own, so that the page needs no inline script.
"use strict";
{
  const settings = JSON.parse(document.getElementById("settings").textContent);
  // Redoc's own choice, Roboto and Montserrat, would come from Google's servers.
  const fontFamily = "system-ui, sans-serif";
  const theme = { typography: { fontFamily, headings: { fontFamily } } };
  const url = new URL(settings.document, document.baseURI).href;
  Redoc.init(url, { theme, ...settings.options }, document.getElementById("page"));
}
