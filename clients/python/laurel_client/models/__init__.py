"""Contains all the data models used in inputs/outputs"""

from .achievement_entry import AchievementEntry
from .achievement_entry_page import AchievementEntryPage
from .achievement_history import AchievementHistory
from .achievement_kind_enum import AchievementKindEnum
from .achievement_order_request import AchievementOrderRequest
from .achievement_state_enum import AchievementStateEnum
from .achievements_of_a_game_earned import AchievementsOfAGameEarned
from .achievements_of_a_game_kind import AchievementsOfAGameKind
from .achievements_of_a_game_tier import AchievementsOfAGameTier
from .announcement import Announcement
from .announcement_page import AnnouncementPage
from .announcement_state_enum import AnnouncementStateEnum
from .api_key import ApiKey
from .api_key_page import ApiKeyPage
from .batch_error import BatchError
from .board import Board
from .board_page import BoardPage
from .board_player import BoardPlayer
from .board_row import BoardRow
from .changed_definition import ChangedDefinition
from .choice_enum import ChoiceEnum
from .closed_window import ClosedWindow
from .closed_windows import ClosedWindows
from .closed_windows_of_a_game_window import ClosedWindowsOfAGameWindow
from .closed_windows_of_the_platform_window import ClosedWindowsOfThePlatformWindow
from .compared_game import ComparedGame
from .compared_side import ComparedSide
from .comparison import Comparison
from .dashboard import Dashboard
from .dashboard_rank import DashboardRank
from .dashboard_totals import DashboardTotals
from .definition import Definition
from .definition_request import DefinitionRequest
from .definitions import Definitions
from .definitions_request import DefinitionsRequest
from .delivery_state_enum import DeliveryStateEnum
from .describe_the_live_protocol_response_200 import DescribeTheLiveProtocolResponse200
from .disabled_reason_enum import DisabledReasonEnum
from .environment_enum import EnvironmentEnum
from .final_page import FinalPage
from .followed_board import FollowedBoard
from .followed_boards import FollowedBoards
from .format_enum import FormatEnum
from .friend import Friend
from .friends_in_a_game_window import FriendsInAGameWindow
from .friends_on_the_platform_window import FriendsOnThePlatformWindow
from .friends_page import FriendsPage
from .friends_row import FriendsRow
from .friends_unlock import FriendsUnlock
from .friends_unlocks import FriendsUnlocks
from .game import Game
from .game_of_unlock import GameOfUnlock
from .game_page import GamePage
from .game_slot import GameSlot
from .game_slot_players_by_region import GameSlotPlayersByRegion
from .game_statistics import GameStatistics
from .import_definitions_dry_run import ImportDefinitionsDryRun
from .import_definitions_publish import ImportDefinitionsPublish
from .import_result import ImportResult
from .increment_report_request import IncrementReportRequest
from .interval_enum import IntervalEnum
from .issued_api_key import IssuedApiKey
from .issued_webhook import IssuedWebhook
from .latest_result import LatestResult
from .leaderboard_of_a_game_window import LeaderboardOfAGameWindow
from .leaderboard_of_the_platform_window import LeaderboardOfThePlatformWindow
from .link_code import LinkCode
from .link_request import LinkRequest
from .list_deliveries_of_a_webhook_state import ListDeliveriesOfAWebhookState
from .list_deliveries_of_a_webhook_type import ListDeliveriesOfAWebhookType
from .list_my_notifications_order import ListMyNotificationsOrder
from .list_my_notifications_unread import ListMyNotificationsUnread
from .list_players_region import ListPlayersRegion
from .managed_achievement import ManagedAchievement
from .managed_achievement_page import ManagedAchievementPage
from .managed_game import ManagedGame
from .managed_game_page import ManagedGamePage
from .me import Me
from .medal import Medal
from .medal_enum import MedalEnum
from .medal_page import MedalPage
from .member_change import MemberChange
from .new_achievement_request import NewAchievementRequest
from .new_announcement_request import NewAnnouncementRequest
from .new_api_key_request import NewApiKeyRequest
from .new_player_request import NewPlayerRequest
from .new_read_mark_request import NewReadMarkRequest
from .new_revocation_request import NewRevocationRequest
from .new_webhook_request import NewWebhookRequest
from .notification import Notification
from .notification_data import NotificationData
from .notification_kind_enum import NotificationKindEnum
from .notification_page import NotificationPage
from .own_token_request import OwnTokenRequest
from .patched_game_changes_request import PatchedGameChangesRequest
from .patched_me_changes_request import PatchedMeChangesRequest
from .patched_new_achievement_request import PatchedNewAchievementRequest
from .patched_webhook_changes_request import PatchedWebhookChangesRequest
from .place_of_a_player_in_a_game_window import PlaceOfAPlayerInAGameWindow
from .place_of_a_player_on_the_platform_window import PlaceOfAPlayerOnThePlatformWindow
from .play_time_answer import PlayTimeAnswer
from .play_time_report_request import PlayTimeReportRequest
from .played_game import PlayedGame
from .player import Player
from .player_page import PlayerPage
from .player_place import PlayerPlace
from .player_token import PlayerToken
from .preference import Preference
from .preference_request import PreferenceRequest
from .preferences import Preferences
from .preferences_request import PreferencesRequest
from .problem import Problem
from .problem_detail import ProblemDetail
from .progress_answer import ProgressAnswer
from .progress_batch_answer import ProgressBatchAnswer
from .progress_batch_request import ProgressBatchRequest
from .progress_entry import ProgressEntry
from .progress_entry_page import ProgressEntryPage
from .progress_result import ProgressResult
from .rank_history import RankHistory
from .rank_of_day import RankOfDay
from .rarity_of_day import RarityOfDay
from .rarity_of_unlock import RarityOfUnlock
from .read_mark import ReadMark
from .region_enum import RegionEnum
from .resent_webhook import ResentWebhook
from .reveal_report_request import RevealReportRequest
from .revocation import Revocation
from .revocation_page import RevocationPage
from .revocation_state_enum import RevocationStateEnum
from .road_enum import RoadEnum
from .role_enum import RoleEnum
from .scopes_enum import ScopesEnum
from .set_at_least_report_request import SetAtLeastReportRequest
from .setter_enum import SetterEnum
from .slot import Slot
from .socket_ticket import SocketTicket
from .statistics import Statistics
from .statistics_of_a_game_interval import StatisticsOfAGameInterval
from .statistics_of_a_player_interval import StatisticsOfAPlayerInterval
from .told_achievement import ToldAchievement
from .told_game import ToldGame
from .unlock_answer import UnlockAnswer
from .unlock_batch_answer import UnlockBatchAnswer
from .unlock_batch_request import UnlockBatchRequest
from .unlock_entry import UnlockEntry
from .unlock_entry_page import UnlockEntryPage
from .unlock_report_request import UnlockReportRequest
from .unlock_result import UnlockResult
from .unlock_verb_report_request import UnlockVerbReportRequest
from .version_enum import VersionEnum
from .visibility_enum import VisibilityEnum
from .webhook import Webhook
from .webhook_attempt import WebhookAttempt
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_detail import WebhookDeliveryDetail
from .webhook_delivery_page import WebhookDeliveryPage
from .webhook_event_type_enum import WebhookEventTypeEnum
from .webhook_message_type_enum import WebhookMessageTypeEnum
from .webhook_page import WebhookPage
from .webhook_state_enum import WebhookStateEnum
from .window_enum import WindowEnum

__all__ = (
    "AchievementEntry",
    "AchievementEntryPage",
    "AchievementHistory",
    "AchievementKindEnum",
    "AchievementOrderRequest",
    "AchievementsOfAGameEarned",
    "AchievementsOfAGameKind",
    "AchievementsOfAGameTier",
    "AchievementStateEnum",
    "Announcement",
    "AnnouncementPage",
    "AnnouncementStateEnum",
    "ApiKey",
    "ApiKeyPage",
    "BatchError",
    "Board",
    "BoardPage",
    "BoardPlayer",
    "BoardRow",
    "ChangedDefinition",
    "ChoiceEnum",
    "ClosedWindow",
    "ClosedWindows",
    "ClosedWindowsOfAGameWindow",
    "ClosedWindowsOfThePlatformWindow",
    "ComparedGame",
    "ComparedSide",
    "Comparison",
    "Dashboard",
    "DashboardRank",
    "DashboardTotals",
    "Definition",
    "DefinitionRequest",
    "Definitions",
    "DefinitionsRequest",
    "DeliveryStateEnum",
    "DescribeTheLiveProtocolResponse200",
    "DisabledReasonEnum",
    "EnvironmentEnum",
    "FinalPage",
    "FollowedBoard",
    "FollowedBoards",
    "FormatEnum",
    "Friend",
    "FriendsInAGameWindow",
    "FriendsOnThePlatformWindow",
    "FriendsPage",
    "FriendsRow",
    "FriendsUnlock",
    "FriendsUnlocks",
    "Game",
    "GameOfUnlock",
    "GamePage",
    "GameSlot",
    "GameSlotPlayersByRegion",
    "GameStatistics",
    "ImportDefinitionsDryRun",
    "ImportDefinitionsPublish",
    "ImportResult",
    "IncrementReportRequest",
    "IntervalEnum",
    "IssuedApiKey",
    "IssuedWebhook",
    "LatestResult",
    "LeaderboardOfAGameWindow",
    "LeaderboardOfThePlatformWindow",
    "LinkCode",
    "LinkRequest",
    "ListDeliveriesOfAWebhookState",
    "ListDeliveriesOfAWebhookType",
    "ListMyNotificationsOrder",
    "ListMyNotificationsUnread",
    "ListPlayersRegion",
    "ManagedAchievement",
    "ManagedAchievementPage",
    "ManagedGame",
    "ManagedGamePage",
    "Me",
    "Medal",
    "MedalEnum",
    "MedalPage",
    "MemberChange",
    "NewAchievementRequest",
    "NewAnnouncementRequest",
    "NewApiKeyRequest",
    "NewPlayerRequest",
    "NewReadMarkRequest",
    "NewRevocationRequest",
    "NewWebhookRequest",
    "Notification",
    "NotificationData",
    "NotificationKindEnum",
    "NotificationPage",
    "OwnTokenRequest",
    "PatchedGameChangesRequest",
    "PatchedMeChangesRequest",
    "PatchedNewAchievementRequest",
    "PatchedWebhookChangesRequest",
    "PlaceOfAPlayerInAGameWindow",
    "PlaceOfAPlayerOnThePlatformWindow",
    "PlayedGame",
    "Player",
    "PlayerPage",
    "PlayerPlace",
    "PlayerToken",
    "PlayTimeAnswer",
    "PlayTimeReportRequest",
    "Preference",
    "PreferenceRequest",
    "Preferences",
    "PreferencesRequest",
    "Problem",
    "ProblemDetail",
    "ProgressAnswer",
    "ProgressBatchAnswer",
    "ProgressBatchRequest",
    "ProgressEntry",
    "ProgressEntryPage",
    "ProgressResult",
    "RankHistory",
    "RankOfDay",
    "RarityOfDay",
    "RarityOfUnlock",
    "ReadMark",
    "RegionEnum",
    "ResentWebhook",
    "RevealReportRequest",
    "Revocation",
    "RevocationPage",
    "RevocationStateEnum",
    "RoadEnum",
    "RoleEnum",
    "ScopesEnum",
    "SetAtLeastReportRequest",
    "SetterEnum",
    "Slot",
    "SocketTicket",
    "Statistics",
    "StatisticsOfAGameInterval",
    "StatisticsOfAPlayerInterval",
    "ToldAchievement",
    "ToldGame",
    "UnlockAnswer",
    "UnlockBatchAnswer",
    "UnlockBatchRequest",
    "UnlockEntry",
    "UnlockEntryPage",
    "UnlockReportRequest",
    "UnlockResult",
    "UnlockVerbReportRequest",
    "VersionEnum",
    "VisibilityEnum",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryDetail",
    "WebhookDeliveryPage",
    "WebhookEventTypeEnum",
    "WebhookMessageTypeEnum",
    "WebhookPage",
    "WebhookStateEnum",
    "WindowEnum",
)
