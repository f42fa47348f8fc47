from planning.admin.tasks import TaskAdmin

__all__ = ["TaskAdmin"]
