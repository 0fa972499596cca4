// @ts-check
/** The presentation: picture and timeline alone, larger, on the whole screen. */
import { iconButton } from "../dom.js";

const ENTER = "present (P)";
const LEAVE = "end the presentation (P)";

export class Presentation {
  on = false;
  /** Whether the whole screen is still to be asked for: browsers give it only to a press. */
  waiting = false;

  /** @param {HTMLElement} element the page */
  constructor(element) {
    this.element = element;
    this.enterButton = iconButton("present", ENTER, () => this.toggle());
    this.leaveButton = iconButton("close", LEAVE, () => this.toggle(), "steepest-leave");
    for (const button of [this.enterButton, this.leaveButton]) button.setAttribute("aria-keyshortcuts", "P");
    this.onPress = () => this.fill();
    this.onFullscreen = () => {
      if (!document.fullscreenElement && !this.waiting) this.leave();
    };
  }

  listen() {
    document.addEventListener("fullscreenchange", this.onFullscreen);
    this.element.addEventListener("click", this.onPress);
  }

  close() {
    document.removeEventListener("fullscreenchange", this.onFullscreen);
  }

  toggle() {
    if (this.on) this.leave();
    else this.enter();
  }

  /** Present now, and on the whole screen with the next press if not now. */
  enter() {
    this.on = this.waiting = true;
    this.element.classList.add("steepest-presenting");
    this.fill();
  }

  fill() {
    if (!this.waiting || !navigator.userActivation?.isActive) return;
    this.waiting = false;
    this.element.requestFullscreen?.().catch(() => undefined); // then it is as large as the window
  }

  leave() {
    if (!this.on) return;
    this.on = this.waiting = false;
    this.element.classList.remove("steepest-presenting");
    if (document.fullscreenElement === this.element) void document.exitFullscreen();
  }

  /** @param {KeyboardEvent} event whether it was ours */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "p") return false;
    this.toggle();
    return true;
  }
}
