from planning.models.task import Task
from planning.models.task_calendar import TaskCalendar

__all__ = ["Task", "TaskCalendar"]
