/** Which function draws which screen. */
import type { Screen } from "../session.js";
import { change, find, own } from "./ballots.js";
import { blank, check, choose, documents, review } from "./choosing.js";
import { code, replaced_code } from "./code.js";
import { cast, closed, looking, stopped, waiting } from "./ending.js";
import { landing } from "./landing.js";
import type { Context, View } from "./view.js";

/** The view of a screen. */
export function draw(context: Context, screen: Screen): View {
  switch (screen.at) {
    case "landing":
      return landing(context, screen.notice);
    case "code":
      return code(context, screen);
    case "replaced-code":
      return replaced_code(context, screen.since);
    case "own":
      return own(context, screen);
    case "change":
      return change(context, screen);
    case "documents":
      return documents(context, screen);
    case "choose":
      return choose(context, screen);
    case "blank":
      return blank(context, screen);
    case "review":
      return review(context, screen);
    case "check":
      return check(context, screen);
    case "waiting":
      return waiting(context);
    case "looking":
      return looking(context, screen);
    case "cast":
      return cast(context, screen);
    case "closed":
      return closed(context, screen);
    case "find":
      return find(context);
    case "stopped":
      return stopped(screen.why, screen.detail, context.session.manifest.contact);
  }
}
