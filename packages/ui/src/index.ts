export { Actions } from "./actions/actions.tsx";
export type { ActionsRequest } from "./actions/actions-request.ts";
export { Avatar, type AvatarProps } from "./avatar.tsx";
export { Badge } from "./badge.tsx";
export { Banner, type BannerProps, type BannerTone } from "./banner.tsx";
export {
  Button,
  type ButtonProps,
  type ButtonSize,
  type ButtonVariant,
  buttonClass,
} from "./button.tsx";
export { Checkbox, type CheckboxProps } from "./checkbox.tsx";
export { Dialog, type DialogProps } from "./dialog.tsx";
export { EmptyState, type EmptyStateProps } from "./empty-state.tsx";
export { isInputMethodPress } from "./enter-key/enter-key.ts";
export { followEnterKey } from "./enter-key/follow-enter-key.ts";
export { formatBadge } from "./format-badge.ts";
export { findInName } from "./hangul-match.ts";
export { IconButton, type IconButtonProps } from "./icon-button.tsx";
export { Logo, LogoMark } from "./logo.tsx";
export { Menu } from "./menu/menu.tsx";
export type { MenuItem, MenuProps } from "./menu/menu-item.ts";
export { preloadOverlays } from "./preload-overlays.ts";
export { type ActionsPlace, rovingItem, useRovingFocus } from "./roving-focus.ts";
export {
  SegmentedControl,
  type SegmentedControlProps,
} from "./segmented-control.tsx";
export { Sheet, type SheetProps } from "./sheet.tsx";
export { Skeleton } from "./skeleton.tsx";
export { Spinner } from "./spinner.tsx";
export { TextField, type TextFieldProps } from "./text-field.tsx";
export { showToast, ToastProvider, type ToastTone } from "./toast/toast.tsx";
export { Tooltip, TooltipProvider } from "./tooltip.tsx";
export { Written, type WrittenProps } from "./written.tsx";
