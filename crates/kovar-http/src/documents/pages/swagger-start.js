// Starts Swagger UI from the settings in the page: a file of its own, so that the page needs no inline script.
"use strict";
{
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const absolute = (url) => new URL(url, document.baseURI).href;
  const ui = SwaggerUIBundle({
    deepLinking: true,
    ...settings.parameters,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    dom_id: "#page",
    url: absolute(settings.document),
    oauth2RedirectUrl: absolute(settings.oauth2Redirect),
    // The badge would send the document's address to validator.swagger.io.
    validatorUrl: null,
  });
  if (settings.oauth2) ui.initOAuth(settings.oauth2);
}
