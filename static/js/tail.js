/** The portal's list of unlocks as they arrive. */
import { startLiveFragments } from "./live-fragment.js";

startLiveFragments();
