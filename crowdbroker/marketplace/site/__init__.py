"""The worker site: pages, question frames and submissions, without any rule of the marketplace."""

from crowdbroker.marketplace.site.routes import site_middleware, site_routes

__all__ = ["site_middleware", "site_routes"]
