"""The tasks that run any scheduled job, and any backlog."""

from celery import Task, shared_task

from apps.core.background import scheduled_jobs, work_queues


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def run_job(self: Task, *, name: str) -> None:
    """Do what is due of a job; when it takes more than a run's time, go on in a new task."""
    if not scheduled_jobs.run_due(scheduled_jobs.find_job(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=3000)


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def work_off(self: Task, *, name: str) -> None:
    """Do what is due of a backlog. What comes from now on is asked for anew, of another worker if need be."""
    work_queues.end_asking(name)
    if not work_queues.work_off(work_queues.find_backlog(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=60)
