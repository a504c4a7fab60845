// SPDX-License-Identifier: Apache-2.0
// Fetches the URL in the X-URL header and says what came of it. It stands for a
// worker.js whose checks have all failed, so that only the network is tested.
export default {
  async fetch(request) {
    try {
      const answer = await fetch(request.headers.get("X-URL"), { signal: AbortSignal.timeout(3000) });
      return new Response(`body: ${await answer.text()}`);
    } catch (error) {
      return new Response(`error: ${error}`);
    }
  },
};
