// SPDX-License-Identifier: Apache-2.0
// A token for a session: the agent sets a cookie that no script can read.
import { call, wordsOf } from "./api.mjs";
import { setText, show } from "./dom.mjs";

export class SignIn {
  #view = document.getElementById("signin");
  #page = document.getElementById("page");
  #token = document.getElementById("token");
  #problem = document.getElementById("signin-problem");
  #signOut = document.getElementById("signout");
  #who = document.getElementById("who");

  // done() when somebody came or went; failed(problem) tells why somebody could not go.
  constructor(done, failed) {
    this.#view.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(done);
    });
    this.#signOut.addEventListener("click", () => this.#end(done, failed));
  }

  async #submit(done) {
    setText(this.#problem, "");
    try {
      await call("POST", "/v1/session", { body: { token: this.#token.value.trim() } });
      this.#token.value = "";
      done();
    } catch (error) {
      setText(this.#problem, wordsOf(error));
      this.#token.select();
    }
  }

  async #end(done, failed) {
    try {
      await call("DELETE", "/v1/session");
    } catch (error) {
      if (error.status !== 401) {  // which is a session that has ended already
        failed(`Not signed out: ${wordsOf(error)}`);
        return;
      }
    }
    done();
  }

  show() {
    show(this.#page, false);
    show(this.#view, true);
    show(this.#signOut, false);
    setText(this.#who, "");
    this.#token.focus();
  }

  // `session` as GET /v1/session has it.
  hide(session) {
    show(this.#view, false);
    show(this.#page, true);
    show(this.#signOut, true);
    setText(this.#who, session.role === "read" ? `${session.name} (reading only)` : session.name);
  }
}
