package report

func outcomesChart(s *Scenario) (Chart, bool) { return Chart{}, false }
