from publishing.admin.releases import ReleaseAdmin

__all__ = ["ReleaseAdmin"]
