from planning.admin.services import ServiceAdmin, ServiceInline
from planning.admin.tasks import TaskAdmin

__all__ = ["ServiceAdmin", "ServiceInline", "TaskAdmin"]
