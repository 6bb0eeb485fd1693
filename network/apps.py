from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    verbose_name = "Network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the network's jobs, mails, bounce handlers and keepers of answers."""
        from network import emails, personal_data, readiness
        from network.actions import (
            check_ins,
            claims,
            decisions,
            departures,
            member_messages,
            memberships,
            notes,
            offices,
            people,
            questions,
            requests,
            reviews,
            sign_ups,
            tasks,
            trustees,
        )
        from network.choices import SignUpTask
        from network.models import (
            CheckIn,
            Claim,
            EndorsementRequest,
            Invitation,
            Membership,
            OfficeChange,
            Question,
            TrusteeRequest,
            Withdrawal,
        )
        from portal import retention, site_checks
        from portal.jobs import tick
        from portal.mail import bulk, declarations, outbox
        from portal.personal_data import registry

        tick.register(
            {
                "links ended": requests.expire_links,
                "endorsers reminded": requests.chase_due,
                "members announced": memberships.announce_due,
                "files without a row swept": tasks.sweep_orphans,
                "invitations ended": people.expire_invitations,
                "idle sign-ups reminded": sign_ups.remind_idle,
                "idle sign-ups ended": sign_ups.expire_idle,
                "requests to be let in that staff were told of": people.tell_staff_who_waits,
                "members that left": departures.leave_due,
                "leavings that nobody confirmed": departures.expire_leavings,
                "links to new office holders ended": offices.expire_again_links,
                "managers told what is on their desk": reviews.send_digests,
                "old log entries erased": notes.erase_old_notes,
                "leads reminded of offices that changed hands": offices.remind_of_offices,
                "check-ins opened": check_ins.open_due,
                "check-ins carried on": check_ins.carry_on_due,
                "invitations to act for a member ended": claims.expire_claims,
                "questions to members ended": questions.end_unanswered,
                "words of old questions erased": questions.erase_old,
                "trustees' requests settled in another way": trustees.settle_trustee_requests,
                "trustees reminded": trustees.remind_trustees,
                "links to trustees ended": trustees.expire_trustee_links,
            },
            coming={
                "links ended": EndorsementRequest.objects.next_end,
                "members announced": Membership.objects.next_announcement,
                "invitations ended": Invitation.objects.next_end,
                "members that left": Withdrawal.objects.next_leaving,
                "links to new office holders ended": OfficeChange.objects.next_end,
                "check-ins opened": Membership.objects.next_check_in_to_open,
                "check-ins carried on": CheckIn.objects.next_step,
                "invitations to act for a member ended": Claim.objects.next_end,
                "questions to members ended": Question.objects.next_end,
                "links to trustees ended": TrusteeRequest.objects.next_end,
            },
            on_time={"members announced"},
        )
        retention.register(personal_data.PERIODS)
        registry.register(personal_data.HELD, personal_data.merged_accounts)
        site_checks.register_check("Joining", readiness.look_at_joining)
        outbox.register(declarations.declared_in(emails))
        bulk.register(*member_messages.BULK.values())
        outbox.register_bounce_handlers(
            {
                "network.endorsement_request": requests.handle_request_bounce,
                "network.endorsement_chaser": requests.handle_request_bounce,
                "network.claim": claims.handle_claim_bounce,
                "network.question": questions.handle_question_bounce,
                "network.trustee_link": trustees.handle_trustee_bounce,
                "network.trustee_reminder": trustees.handle_trustee_bounce,
                "network.leave_confirm": departures.handle_leave_bounce,
                "network.again_request": offices.handle_again_bounce,
            }
        )
        tasks.register_keepers(
            {
                SignUpTask.ABOUT_YOU: tasks.keep_about_you,
                SignUpTask.ABOUT_COUNCIL: tasks.keep_columns,
                SignUpTask.CONVERSATION: tasks.keep_columns,
                SignUpTask.PUBLICITY: tasks.keep_columns,
                SignUpTask.PRACTICE: tasks.keep_practice,
                SignUpTask.CHAMPIONS: tasks.keep_champions,
                SignUpTask.ENDORSERS: requests.keep_endorsers,
                SignUpTask.ROUTE: decisions.keep_route,
                SignUpTask.DECISION: decisions.keep_decision,
            }
        )
