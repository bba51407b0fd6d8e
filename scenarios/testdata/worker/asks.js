export default {
  fetch: (request) => fetch("https://api.example.com" + new URL(request.url).pathname),
};
