"""The tasks that run any scheduled job and any work queue."""

from celery import Task, shared_task

from apps.core.background import scheduled_jobs, work_queues


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def run_job(self: Task, *, name: str) -> None:
    """Do a job's due slots; when they take longer than one run, go on in a new task."""
    if not scheduled_jobs.run_due(scheduled_jobs.find_job(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=3000)


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def drain_work_queue(self: Task, *, name: str) -> None:
    """Do a queue's due work. Whatever is committed from now on gets a message of its own."""
    work_queues.clear_enqueued(name)
    if not work_queues.drain(work_queues.find_work_queue(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=60)
