"""The chart and the CSV file of a report. The words beside them are the presenter's."""
