from planning.models.service import Service
from planning.models.task import Task
from planning.models.task_calendar import TaskCalendar

__all__ = ["Service", "Task", "TaskCalendar"]
