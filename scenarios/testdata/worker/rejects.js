export default {
  fetch(request, env, ctx) {
    ctx.waitUntil(Promise.reject(new Error("late")));
    return new Response("ok");
  },
};
