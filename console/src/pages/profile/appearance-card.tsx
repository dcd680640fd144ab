import { SelectField } from '../../components/field';
import { Card } from '../../components/page';
import { THEMES, type Theme } from '../../shell/theme';
import { useTheme } from '../../shell/use-theme';

const NAMES: Readonly<Record<Theme, string>> = {
  system: 'As the system has them',
  light: 'Light',
  dark: 'Dark',
};

export function AppearanceCard() {
  const { chosen, choose } = useTheme();
  return (
    <Card title="Appearance">
      <SelectField
        label="Colours"
        description="Kept with your account, for every browser you sign in from."
        value={chosen}
        onChange={(event) => choose(event.target.value as Theme)}
      >
        {THEMES.map((value) => (
          <option key={value} value={value}>
            {NAMES[value]}
          </option>
        ))}
      </SelectField>
    </Card>
  );
}
