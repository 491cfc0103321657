"""Impact Assessment Tool with 'Assess Severity': three questions filled in from data, the rule that they hit, why."""
