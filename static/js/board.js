/** A leaderboard whose rows move when the ranking does. */
import { startLiveFragments } from "./live-fragment.js";

startLiveFragments();
