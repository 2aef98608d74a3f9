// The statistics pages: charts drawn from the tables beside them, and the list of what is popular now.
import { drawCharts } from "./statistics/chart.js";
import { keepPopularFresh } from "./statistics/popular.js";

drawCharts();
keepPopularFresh();
