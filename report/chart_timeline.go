package report

func timelineChart(s *Scenario) (Chart, bool) { return Chart{}, false }
