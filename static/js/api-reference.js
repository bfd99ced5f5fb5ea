/** Swagger UI on the API's own description; a change from here carries the session's CSRF token. */
(() => {
  const container = document.querySelector("#swagger-ui");
  const cookie = (name) =>
    document.cookie
      .split("; ")
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1);

  SwaggerUIBundle({
    url: container.dataset.schema,
    domNode: container,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    validatorUrl: null,
    onComplete() {
      // It draws a <main> of its own inside the page's.
      for (const main of container.querySelectorAll("main")) main.setAttribute("role", "none");
    },
    requestInterceptor(request) {
      const token = cookie("csrftoken");
      const isOurs = new URL(request.url, location.href).origin === location.origin;
      if (isOurs && token && !request.headers.Authorization) request.headers["X-CSRFToken"] = token;
      return request;
    },
  });
})();
