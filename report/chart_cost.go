package report

func costChart(s *Scenario) (Chart, bool) { return Chart{}, false }
