/** Fields that older releases of Argo had, and what stands in their place since v4. */

export const removedFields: Readonly<Record<string, string>> = {
  'Synchronization.mutex': 'since Argo v4 it is a list: mutexes: [{ name: … }]',
  'Synchronization.semaphore': 'since Argo v4 it is a list: semaphores: [{ configMapKeyRef: … }]',
  'CronWorkflowSpec.schedule': 'since Argo v4 it is a list: schedules: ["…"]',
  'WorkflowSpec.podPriority': 'since Argo v4 only podPriorityClassName is left',
  'Template.priority': 'since Argo v4 only priorityClassName is left',
  'Template.template': 'since Argo v3 a template cannot stand for another: call that one from a step',
  'Template.templateRef': 'since Argo v3 a template cannot stand for another: call that one from a step',
  'Template.arguments': 'a template has inputs; arguments are given where it is called',
};
